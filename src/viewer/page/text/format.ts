import type { EpochMs } from "../../../domain/ids.ts";
import type { RunStatus, StepStatus } from "../../../domain/status.ts";

/** `0.4 s`, `12.3 s`, `3 m 04 s`, `2 h 05 m`: as exact as anybody needs. */
export function durationText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 1_000) return `${Math.round(whole)} ms`;
  const seconds = whole / 1_000;
  // From here on one digit would say 60.0.
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.max(60, seconds) / 60);
  if (minutes < 60) return `${minutes} m ${two(Math.floor(Math.max(60, seconds) % 60))} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** Where in a run something was. */
export function offsetText(ms: number): string {
  return ms < 0 ? `\u2212${durationText(-ms)}` : `+${durationText(ms)}`;
}

/** `2026-11-26 00:41:05` in the time of whoever looks. */
export function timeText(at: EpochMs): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "no time";
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 * 1_024) return `${(bytes / 1_024).toFixed(1)} KiB`;
  return `${(bytes / 1_024 / 1_024).toFixed(1)} MiB`;
}

/** 12345 as `12 345`, with a space that does not break. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, "\u202f");
}

/** As people say it: `timed out`. */
export function statusText(status: StepStatus | RunStatus): string {
  return status === "timedOut" ? "timed out" : status;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
