import { spawn } from "node:child_process";
import process from "node:process";

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...(readonly string[])]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Has the desktop open an address in its browser, which goes on by itself. `tell` hears where that does not work. */
export function openBrowser(url: string, tell: (text: string) => void): void {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", (error) => tell(`No browser was opened: ${error.message}.`));
  child.on("exit", (code) => {
    if (code !== 0 && code !== null) tell(`No browser was opened: ${program} ended with ${code}.`);
  });
  child.unref();
}
