/** A value that survives `JSON.stringify` and `JSON.parse` unchanged. The journal stores nothing else. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
