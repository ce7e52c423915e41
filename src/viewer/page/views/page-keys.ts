import type { RunModel } from "../state/run-model.ts";

const typed = new Set(["text", "search", "email", "url", "password", "number"]);

/** The keys of a run's page, wherever the focus is, but for where it is typed and where the keys mean something else. */
export function pageKey(model: RunModel, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
  if (takes(model, event)) event.preventDefault();
}

function takes(model: RunModel, { key, shiftKey, target }: KeyboardEvent): boolean {
  const by = shiftKey ? 10 : 1;
  switch (key) {
    case "ArrowLeft":
      model.goBy(-by);
      return true;
    case "ArrowRight":
      model.goBy(by);
      return true;
    case "Home":
      model.goTo(1);
      return true;
    case "End":
    case "l":
      model.follow();
      return true;
    case "Escape":
      model.select(undefined);
      return true;
    case " ":
      // A button in focus is pressed by it.
      if (target instanceof HTMLButtonElement) return false;
      model.isPlaying.value = !model.isPlaying.value;
      return true;
    default:
      return false;
  }
}

function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("dialog") !== null) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && typed.has(target.type);
}
