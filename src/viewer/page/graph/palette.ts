/** The colours of the style sheet, for what is painted and not styled. */
export interface Palette {
  readonly panel: string;
  readonly box: string;
  readonly text: string;
  readonly muted: string;
  readonly edge: string;
  readonly accent: string;
  readonly status: Readonly<Record<string, string>>;
  readonly tint: Readonly<Record<string, string>>;
  readonly font: string;
}

const statuses = ["pending", "running", "succeeded", "failed", "timedOut", "blocked", "canceled"];

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    panel: color("panel"),
    box: color("box"),
    text: color("text"),
    muted: color("muted"),
    edge: color("edge"),
    accent: color("accent"),
    status: Object.fromEntries(statuses.map((status) => [status, color(`status-${status}`)])),
    tint: Object.fromEntries(statuses.map((status) => [status, color(`tint-${status}`)])),
    font: style.fontFamily,
  };
}

/** Tells when colours change: by the system, or by the button of the page. */
export function onColors(changed: () => void): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(changed);
  query.addEventListener("change", changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    query.removeEventListener("change", changed);
    observer.disconnect();
  };
}
