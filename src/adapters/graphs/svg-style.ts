import { stepStatuses } from "../../domain/status.ts";
import { statusColours } from "./status-colours.ts";

type Scheme = "light" | "dark";

const ground = { light: "#ffffff", dark: "#16191d" } as const;
const edge = { light: "#5c636a", dark: "#adb5bd" } as const;

function rulesOf(scheme: Scheme): string {
  const plain = statusColours.pending[scheme];
  const statuses = stepStatuses.map((status) => {
    const { fill, line, text } = statusColours[status][scheme];
    return `.${status} rect{fill:${fill};stroke:${line}}.${status} text{fill:${text}}`;
  });
  return [
    `.ground{fill:${ground[scheme]}}.edge{stroke:${edge[scheme]}}.tip{fill:${edge[scheme]}}`,
    `.step rect{fill:${plain.fill};stroke:${plain.line}}.step text{fill:${plain.text}}`,
    ...statuses,
  ].join("");
}

/** The style of a drawing: light, unless the viewer prefers dark. Programs that know no media queries show the light one. */
export const svgStyle = [
  "<style>",
  "text{font-family:ui-sans-serif,system-ui,'DejaVu Sans',Verdana,sans-serif;text-anchor:middle}",
  ".id{font-size:13px;font-weight:600}.work{font-size:11px;opacity:.8}",
  ".edge{fill:none;stroke-width:1.5}.after{stroke-dasharray:5 4}.step rect{stroke-width:1.2}.sink rect{stroke-width:3}",
  rulesOf("light"),
  `@media (prefers-color-scheme:dark){${rulesOf("dark")}}`,
  "</style>",
].join("");
