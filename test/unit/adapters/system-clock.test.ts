import { existsSync, mkdir, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../../../src/adapters/clocks/system-clock.ts";
import { systemEntropy } from "../../../src/adapters/entropy/system-entropy.ts";

describe("systemClock", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells the wall clock's time", () => {
    const before = Date.now();
    const now = systemClock().now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it("calls back for a time that has passed, but never synchronously", async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      systemClock().setTimer(0, () => {
        order.push("timer");
        resolve();
      });
      order.push("caller");
      void Promise.resolve().then(() => order.push("microtask"));
    });
    expect(order).toEqual(["caller", "microtask", "timer"]);
  });

  it("does not call back after it was canceled, whenever that was", () => {
    vi.useFakeTimers();
    const fire = vi.fn<() => void>();
    const soon = systemClock().setTimer(Date.now() + 10, fire);
    const passed = systemClock().setTimer(0, fire);
    passed.cancel();
    vi.advanceTimersByTime(5);
    soon.cancel();
    soon.cancel();
    vi.advanceTimersByTime(100);
    expect(fire).not.toHaveBeenCalled();
  });

  it("waits for longer than one timeout can", () => {
    vi.useFakeTimers();
    const fire = vi.fn<() => void>();
    const afterMs = 3 * 2 ** 31;
    systemClock().setTimer(Date.now() + afterMs, fire);
    vi.advanceTimersByTime(afterMs - 1);
    expect(fire).not.toHaveBeenCalled();
    // One step for the timeout, one for the immediate behind it.
    vi.advanceTimersByTime(2);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it("goes on at its own pace when the wall clock was set back, until that has caught up", () => {
    vi.useFakeTimers();
    const fire = vi.fn<() => void>();
    const start = Date.now();
    const clock = systemClock();
    clock.setTimer(start + 1_000, fire);
    vi.setSystemTime(start - 86_400_000);
    vi.advanceTimersByTime(999);
    expect(clock.now()).toBe(start + 999);
    expect(fire).not.toHaveBeenCalled();
    // One step for the timeout, one for the immediate behind it.
    vi.advanceTimersByTime(2);
    expect(fire).toHaveBeenCalledTimes(1);
    vi.setSystemTime(start + 1_001);
    expect(clock.now()).toBe(start + 1_001);
    vi.advanceTimersByTime(10);
    expect(clock.now()).toBe(start + 1_011);
  });

  it("notices soon that the wall clock was set forward, however far away the time was", () => {
    vi.useFakeTimers();
    const fire = vi.fn<() => void>();
    const start = Date.now();
    const clock = systemClock();
    clock.setTimer(start + 86_400_000, fire);
    vi.setSystemTime(start + 400 * 86_400_000);
    expect(clock.now()).toBe(start + 400 * 86_400_000);
    vi.advanceTimersByTime(10_001);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it("lets a completion go first that had arrived when the timer was due", async () => {
    const order: string[] = [];
    const directory = mkdtempSync(join(tmpdir(), "runfold-clock-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    await new Promise<void>((resolve) => {
      const due = Date.now() + 20;
      systemClock().setTimer(due, () => {
        order.push("timer");
        resolve();
      });
      const made = join(directory, "made");
      mkdir(made, () => order.push("completion"));
      // The thread is held up until both are due: the directory is there right before its completion arrives.
      while (!existsSync(made));
      const arrivedAt = Date.now() + 50;
      while (Date.now() < Math.max(due, arrivedAt));
    });
    expect(order).toEqual(["completion", "timer"]);
  });
});

describe("systemEntropy", () => {
  it("gives fractions from 0 up to 1", () => {
    const { fraction } = systemEntropy();
    const drawn = Array.from({ length: 1_000 }, fraction);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(990);
  });

  it("gives names of lower-case letters and digits, never twice", () => {
    const { uniqueName } = systemEntropy();
    const names = Array.from({ length: 1_000 }, uniqueName);
    expect(names.every((name) => /^[a-z0-9]{16,}$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(1_000);
  });
});
