import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { OrderAnswer } from "../../protocol.ts";
import { visibleLine } from "../text/visible-text.ts";

interface Props {
  readonly title: string;
  /** What is done, as the button says it. */
  readonly action: string;
  readonly isDangerous: boolean;
  readonly isReady: boolean;
  readonly taken: string;
  readonly send: () => Promise<OrderAnswer>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before an order is sent, and shows what came of it. */
export function OrderDialog(props: Props): JSX.Element {
  const { title, action, isDangerous, isReady, taken, send, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const isSending = useSignal(false);
  const answer = useSignal<OrderAnswer | undefined>(undefined);
  useEffect(() => dialog.current?.showModal(), []);
  const isTaken = answer.value?.outcome === "taken";
  const submit = async (): Promise<void> => {
    isSending.value = true;
    answer.value = undefined;
    answer.value = await send();
    isSending.value = false;
  };
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2>{title}</h2>
        {children}
        <p class="answer" role="status">
          {isSending.value ? "Sending…" : answerText(answer.value, taken)}
        </p>
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {isTaken ? "Close" : "Back"}
          </button>
          {isTaken ? null : (
            <button type="submit" class={isDangerous ? "danger" : "primary"} disabled={!isReady || isSending.value}>
              {action}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

function answerText(answer: OrderAnswer | undefined, taken: string): string {
  if (answer === undefined) return "";
  if (answer.outcome === "taken") return taken;
  return `${answer.outcome === "refused" ? "Refused" : "Failed"}: ${visibleLine(answer.why)}`;
}
