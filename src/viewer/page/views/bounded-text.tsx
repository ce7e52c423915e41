import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { headOf } from "../../../domain/cut-text.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import { countText } from "../text/format.ts";
import { visibleText } from "../text/visible-text.ts";

/** A text of others, as it is, with its beginning alone where it is long; the rest comes in parts, when asked for. */
export function BoundedText({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const shown = useSignal<number>(viewerPageLimits.viewerTextCharsMax);
  const head = headOf(text, shown.value);
  const left = text.length - head.length;
  return (
    <div class="bounded">
      <pre class="text" aria-label={label} tabIndex={0}>
        {visibleText(head)}
        {left > 0 ? <span class="cut">{`… ${countText(left)} more characters`}</span> : null}
      </pre>
      {left > 0 ? (
        <button type="button" class="quiet" onClick={() => (shown.value += viewerPageLimits.viewerTextCharsMax)}>
          Show more
        </button>
      ) : null}
    </div>
  );
}
