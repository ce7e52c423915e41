import type { GraphDiagnostic } from "../index.ts";

/** Something that a surface refuses by itself, beside the errors of the library. */
export class SurfaceRefusal extends Error {
  readonly code: string;
  readonly diagnostics: readonly GraphDiagnostic[] | undefined;
  /** The message without its advice, for whoever gives other advice. */
  readonly said: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { readonly diagnostics?: readonly GraphDiagnostic[]; readonly said?: string } = {},
  ) {
    super(message);
    this.name = "SurfaceRefusal";
    this.code = code;
    this.diagnostics = options.diagnostics;
    this.said = options.said;
  }
}
