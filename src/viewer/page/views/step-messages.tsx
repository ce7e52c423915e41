import type { JSX } from "preact";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import type { StepStory } from "../fold/step-story.ts";
import { countText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { BoundedText } from "./bounded-text.tsx";

/** What was said to the step, and what became of it; the newest where there are many. */
export function StepMessages({ story: { messages } }: { readonly story: StepStory }): JSX.Element | null {
  if (messages.length === 0) return null;
  const shown = messages.slice(-viewerPageLimits.viewerListedMax);
  return (
    <section>
      <h3>Messages</h3>
      {messages.length > shown.length ? (
        <p class="cut">{`… ${countText(messages.length - shown.length)} earlier`}</p>
      ) : null}
      {shown.map(({ message, channel, status, text, reason }) => (
        <div key={message} class="message">
          <p class="stream">
            {`${message} · ${visibleLine(channel)} · `}
            <b class={status === "denied" || status === "unknown" ? "tone-failed" : ""}>{status}</b>
          </p>
          {text === undefined ? null : <BoundedText text={text} label={`Message ${message}`} />}
          {reason === undefined ? null : <p class="cut">{visibleLine(reason)}</p>}
        </div>
      ))}
    </section>
  );
}
