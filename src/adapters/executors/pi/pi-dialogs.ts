import type { Fields } from "../../../domain/fields.ts";
import { isRecord } from "../../../domain/fields.ts";
import type { StepId } from "../../../domain/ids.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { reasonOf } from "../agents/reason-of.ts";
import type { RecordChild } from "../processes/agent-child.ts";
import { listOf, textField } from "./pi-records.ts";

/** A question that an extension asks whoever sits in front of pi. */
export interface PiDialog {
  readonly step: StepId;
  readonly method: "select" | "confirm" | "input" | "editor";
  readonly title: string;
  readonly message?: string;
  /** What may be chosen, for `select`. */
  readonly options?: readonly string[];
  /** What the editor begins with, for `editor`. */
  readonly prefill?: string;
}

export type PiDialogAnswer =
  /** For `select`, `input` and `editor`. */
  | { readonly value: string }
  /** For `confirm`. */
  | { readonly confirmed: boolean }
  /** As if the user had closed it; the agent goes on. */
  | { readonly cancelled: true };

/** Answers dialogs in the user's stead. Undefined, or an error, denies the dialog, and the step fails. */
export type PiDialogPolicy = (dialog: PiDialog) => PiDialogAnswer | undefined | Promise<PiDialogAnswer | undefined>;

const blocking: ReadonlySet<string> = new Set(["select", "confirm", "input", "editor"]);
/** They show something to a user who is not there, and wait for nothing. */
const shown: ReadonlySet<string> = new Set(["notify", "setStatus", "setWidget", "setTitle", "set_editor_text"]);

/** Answers what extensions ask: an unanswered dialog would block its tool for ever. */
export class PiDialogs {
  private readonly child: RecordChild;
  private readonly attempt: Attempt;
  private readonly policy: PiDialogPolicy;
  private readonly deny: (message: string) => void;
  private readonly open = new Set<string>();
  private isClosed = false;

  constructor(child: RecordChild, attempt: Attempt, policy: PiDialogPolicy, deny: (message: string) => void) {
    this.child = child;
    this.attempt = attempt;
    this.policy = policy;
    this.deny = deny;
  }

  /** Takes a record of type `extension_ui_request`. */
  hear(record: Fields): void {
    const method = textField(record, "method") ?? "without a method";
    if (shown.has(method)) return;
    const id = textField(record, "id");
    if (!blocking.has(method) || id === undefined) {
      this.deny(`The unattended UI request ${method} of an extension was denied.`);
      return;
    }
    this.open.add(id);
    if (this.isClosed) this.answer(id, { cancelled: true });
    else void this.decide(id, method, record);
  }

  /** Closes every dialog that is open, and those that come: an abort is not answered before they are. */
  cancelAll(): void {
    this.isClosed = true;
    for (const id of this.open) this.answer(id, { cancelled: true });
  }

  private async decide(id: string, method: string, record: Fields): Promise<void> {
    const answer = await this.asked(dialogOf(this.attempt.step.id, method as PiDialog["method"], record));
    if (!this.open.has(id)) return;
    this.answer(id, answer ?? { cancelled: true });
    if (answer === undefined) this.deny(`The unattended UI request ${method} of an extension was denied.`);
  }

  private async asked(dialog: PiDialog): Promise<PiDialogAnswer | undefined> {
    try {
      return await this.policy(dialog);
    } catch (error) {
      this.attempt.diagnostic("agent-dialog-policy", "error", `The policy for dialogs threw: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private answer(id: string, answer: PiDialogAnswer): void {
    this.open.delete(id);
    const fields = isRecord(answer) ? answer : {};
    // Where it cannot be written pi is gone, which is heard elsewhere.
    void this.child.send({ type: "extension_ui_response", id, ...fields });
  }
}

function dialogOf(step: StepId, method: PiDialog["method"], record: Fields): PiDialog {
  const message = textField(record, "message");
  const prefill = textField(record, "prefill");
  const options = listOf(record, "options").filter((option) => typeof option === "string");
  return {
    step,
    method,
    title: textField(record, "title") ?? "",
    ...(message === undefined ? {} : { message }),
    ...(method === "select" ? { options } : {}),
    ...(prefill === undefined ? {} : { prefill }),
  };
}
