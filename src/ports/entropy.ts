/** The only source of chance. */
export interface Entropy {
  /** At least 0, below 1. */
  fraction(): number;
  /** A name that nobody has used: lower-case letters and digits, at least 80 random bits. */
  uniqueName(): string;
}
