import type { JSX } from "preact";
import type { AppModel } from "../state/app-model.ts";

const names = { system: "system", light: "light", dark: "dark" } as const;
const signs = { system: "◐", light: "○", dark: "●" } as const;

/** Goes from the colours of the system to light ones, to dark ones, and back. */
export function ThemeButton({ app }: { readonly app: AppModel }): JSX.Element {
  const theme = app.theme.value;
  return (
    <button
      type="button"
      class="icon"
      aria-label={`Colours: ${names[theme]}`}
      title={`Colours: ${names[theme]}`}
      onClick={() => app.nextTheme()}
    >
      {signs[theme]}
    </button>
  );
}
