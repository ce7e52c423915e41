export interface PageFacts {
  /** The address of the inspector's own page, which is shown in a frame. */
  readonly ui: URL;
  readonly webSocketUrl: string;
  /** What the page's own script is known by. */
  readonly nonce: string;
}

/** What a browser may do on the page: run its one script, speak to the relay, and show the inspector in a frame. */
export function policyOf({ ui, webSocketUrl, nonce }: PageFacts): string {
  const relay = new URL(webSocketUrl).origin;
  return `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src ${relay}; frame-src ${ui.origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/**
 * The page between the relay and an inspector's page. That one says when it is ready, and is then given the run from its beginning; a
 * relay that was gone and is there again makes it begin anew, so that nothing is shown twice.
 */
export function pageOf({ ui, webSocketUrl, nonce }: PageFacts): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Runfold: inspector</title>
<style nonce="${nonce}">
  html, body { height: 100%; margin: 0; }
  body { display: flex; flex-direction: column; font: 14px/1.6 system-ui, sans-serif; color-scheme: light dark; }
  output { padding: 0 0.8em; }
  iframe { flex: 1; width: 100%; border: 0; }
</style>
<output></output>
<iframe referrerpolicy="no-referrer"></iframe>
<script nonce="${nonce}">
  const ui = ${scriptText(ui.href)};
  const origin = ${scriptText(ui.origin)};
  const relay = ${scriptText(webSocketUrl)};
  const frame = document.querySelector("iframe");
  const say = (text) => { document.querySelector("output").textContent = text; };
  const begin = () => {
    say("Waiting for " + ui + ", which has to be reached by this browser.");
    frame.src = ui;
  };
  let socket;
  const open = () => {
    const old = socket;
    const mine = (socket = new WebSocket(relay));
    if (old !== undefined) old.close();
    mine.onopen = () => say("Connected.");
    mine.onmessage = ({ data }) => {
      if (socket === mine) frame.contentWindow.postMessage(JSON.parse(data), origin);
    };
    mine.onclose = () => {
      if (socket !== mine) return;
      socket = undefined;
      say("The relay is gone; waiting for it.");
      setTimeout(seek, 1000);
    };
  };
  const seek = () => {
    const probe = new WebSocket(relay);
    let isThere = false;
    probe.onopen = () => { isThere = true; probe.close(); begin(); };
    probe.onclose = () => { if (!isThere) setTimeout(seek, 1000); };
  };
  addEventListener("message", (message) => {
    const isReady = message.source === frame.contentWindow && message.origin === origin;
    if (isReady && message.data !== null && message.data.type === "@statelyai.connected") open();
  });
  begin();
</script>
</html>
`;
}

/** A text as a literal that ends neither itself nor the script. */
function scriptText(text: string): string {
  return JSON.stringify(text).replaceAll("<", String.raw`\u003c`);
}
