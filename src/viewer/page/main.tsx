import { render } from "preact";
import { recordedRun } from "./source/recorded-run.ts";
import { AppModel } from "./state/app-model.ts";
import { App } from "./views/app.tsx";

const app = new AppModel(recordedRun(document));
app.start();
render(<App app={app} />, document.getElementById("page")!);
