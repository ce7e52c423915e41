import type { JSX } from "preact";
import type { AppModel } from "../state/app-model.ts";
import { RunPage } from "./run-page.tsx";
import { RunsPage } from "./runs-page.tsx";

export function App({ app }: { readonly app: AppModel }): JSX.Element {
  const session = app.session.value;
  return session === undefined ? (
    <RunsPage app={app} />
  ) : (
    <RunPage key={session.model.id} app={app} session={session} />
  );
}
