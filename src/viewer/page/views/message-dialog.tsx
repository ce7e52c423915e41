import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { RunId, StepId } from "../../../domain/ids.ts";
import type { MessageChannel } from "../../../domain/message.ts";
import { sendMessage } from "../source/orders.ts";
import { visibleLine } from "../text/visible-text.ts";
import { OrderDialog } from "./order-dialog.tsx";

interface Props {
  readonly run: RunId;
  readonly step: StepId;
  readonly onClose: () => void;
}

export function MessageDialog({ run, step, onClose }: Props): JSX.Element {
  const text = useSignal("");
  const channel = useSignal<MessageChannel>("steer");
  // The same key for each try, so that a message whose answer was lost is not sent twice.
  const key = useMemo(() => `viewer-${crypto.randomUUID()}`, []);
  return (
    <OrderDialog
      title={`Message to ${visibleLine(step)}`}
      action="Send"
      isDangerous={false}
      isReady={text.value.trim() !== ""}
      taken="Taken. What becomes of it shows under Messages."
      send={() => sendMessage(run, { step, channel: channel.value, text: text.value, key })}
      onClose={onClose}
    >
      <label class="field">
        When it is heard
        <select
          value={channel.value}
          onChange={(event) => (channel.value = event.currentTarget.value === "steer" ? "steer" : "follow_up")}
        >
          <option value="steer">steer: after the tool calls of this turn</option>
          <option value="follow_up">follow_up: when it would be done</option>
        </select>
      </label>
      <label class="field">
        Text
        <textarea rows={5} value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
      </label>
    </OrderDialog>
  );
}
