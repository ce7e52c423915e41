import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Names no variable of any environment: old versions of pi would read that instead. */
export const fakeKey = "sk-fake-key";

export interface AgentDirectoryOptions {
  /** The base URL of the model server. */
  readonly url: string;
  /** What the models of provider `fake` are called; the first is used where none is asked for. */
  readonly models?: readonly string[];
  /**
   * How often a failed request is tried again, and how soon at first; each further one comes twice as late. Default: three times,
   * almost at once.
   */
  readonly retry?: { readonly maxRetries: number; readonly baseDelayMs: number };
}

/** Writes the directory that a pi has its settings in, so that it asks a model server of provider `fake` and nobody else. */
export async function writeAgentDirectory(directory: string, options: AgentDirectoryOptions): Promise<void> {
  const { url, models = ["fake-1"], retry = { maxRetries: 3, baseDelayMs: 1 } } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const provider = {
    baseUrl: url,
    api: "openai-completions",
    apiKey: fakeKey,
    compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
    models: models.map((id) => ({
      id,
      contextWindow: 128_000,
      maxTokens: 4_096,
      // In dollars for a million tokens.
      cost: { input: 1, output: 2, cacheRead: 0.5, cacheWrite: 1 },
    })),
  };
  await writeFile(join(directory, "models.json"), JSON.stringify({ providers: { fake: provider } }));
  const settings = {
    defaultProvider: "fake",
    defaultModel: models[0],
    // What the provider's library tries again by itself would not be seen.
    retry: { enabled: retry.maxRetries > 0, ...retry, provider: { maxRetries: 0 } },
  };
  await writeFile(join(directory, "settings.json"), JSON.stringify(settings));
}
