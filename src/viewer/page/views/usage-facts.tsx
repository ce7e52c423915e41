import type { JSX } from "preact";
import type { Usage } from "../../../domain/usage.ts";
import { countText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";

/** What models were asked for and gave; only what was told. */
export function UsageFacts({ usage }: { readonly usage: Usage }): JSX.Element {
  const figures = [
    ["Tokens in", countText(usage.inputTokens)],
    ["Tokens out", countText(usage.outputTokens)],
    ["Read from cache", usage.cacheReadTokens === undefined ? undefined : countText(usage.cacheReadTokens)],
    ["Written to cache", usage.cacheWriteTokens === undefined ? undefined : countText(usage.cacheWriteTokens)],
    ["Cost", usage.costUsd === undefined ? undefined : `$${usage.costUsd.toFixed(4)}`],
    ["Turns", usage.turns === undefined ? undefined : countText(usage.turns)],
    ["Model", usage.model === undefined ? undefined : visibleLine(usage.model)],
  ] as const;
  return (
    <>
      <h3>Models</h3>
      <dl class="facts">
        {figures.map(([name, figure]) =>
          figure === undefined ? null : (
            <div key={name} class="fact">
              <dt>{name}</dt>
              <dd>{figure}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
}
