/**
 * What people and editors are told about one field of a graph: the published schema shows `title` and `description`, a
 * diagnostic completes "… must be" with `rule` and ends in `repair`.
 */
export interface GraphField {
  readonly title: string;
  readonly description: string;
  readonly rule: string;
  readonly repair: string;
  /** The code for a text that is blank, and for a list that is empty, where it is not `input-schema-invalid`. */
  readonly blankCode?: string;
  /** The code for a text that does not have the form of an id. */
  readonly patternCode?: string;
  /** Absence has the same code as a blank text. */
  readonly missingIsBlank?: true;
}
