import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { limits } from "../../../domain/limits.ts";
import type { RunId } from "../../../domain/ids.ts";
import { sendCancel } from "../source/orders.ts";
import { OrderDialog } from "./order-dialog.tsx";

interface Props {
  readonly run: RunId;
  readonly onClose: () => void;
}

export function CancelDialog({ run, onClose }: Props): JSX.Element {
  const reason = useSignal("");
  const isForced = useSignal(false);
  return (
    <OrderDialog
      title={`Cancel ${run}?`}
      action="Cancel the run"
      isDangerous
      isReady
      taken="Taken. The run ends as its steps do."
      send={() => sendCancel(run, { reason: reason.value, isForced: isForced.value })}
      onClose={onClose}
    >
      <p>Steps that run are told to stop; those that wait never start. This cannot be undone.</p>
      <label class="field">
        Reason (may be left out)
        <input
          type="text"
          maxLength={limits.reasonCharsMax}
          value={reason.value}
          onInput={(event) => (reason.value = event.currentTarget.value)}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={isForced.value}
          onChange={(event) => (isForced.value = event.currentTarget.checked)}
        />
        By force: do not wait for steps to end by themselves
      </label>
    </OrderDialog>
  );
}
