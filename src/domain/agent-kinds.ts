/** Kinds of agents that are nobody until the graph says who they are. Those of other kinds bring a system prompt of their own. */
export const kindsWithIdentity: readonly string[] = ["pi"];

/** Kinds that stand for any program that speaks a protocol, so the graph has to say which. A host's own kinds say it themselves. */
export const kindsWithCommand: readonly string[] = ["acp"];
