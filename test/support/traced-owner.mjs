/**
 * A process that owns a traced run until it ends, or is killed. Plain JavaScript on the built library, so that it starts at once. It
 * says each span that ends, and each event of the run, as a line of JSON, written before anything else can happen.
 */
import { writeSync } from "node:fs";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

const build = process.env.RUNFOLD_TEST_BUILD;
const { openRuntime, parseGraph } = await import(`${build}/index.js`);
const { derivedIds, openTelemetry } = await import(`${build}/otel.js`);
const { sqliteJournal } = await import(`${build}/sqlite.js`);

const say = (line) => void writeSync(1, `${JSON.stringify(line)}\n`);
const { db, root, document } = JSON.parse(process.argv[2]);

const exporter = {
  export(spans, done) {
    for (const span of spans) {
      const { name, attributes, links, parentSpanContext } = span;
      const { traceId, spanId } = span.spanContext();
      const linked = links.map((link) => link.context.spanId);
      say({ span: { name, attributes, traceId, spanId, parentSpanId: parentSpanContext?.spanId, linked } });
    }
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
const ids = derivedIds();
const tracerProvider = new BasicTracerProvider({
  idGenerator: ids,
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const runtime = await openRuntime({
  journal: sqliteJournal(db),
  root,
  observers: [openTelemetry({ tracerProvider, ids })],
});
const caller = tracerProvider.getTracer("caller").startSpan("request");
const parsed = parseGraph(document);
const run = await context.with(trace.setSpan(context.active(), caller), () => runtime.start(parsed.graph, { id: "x" }));
caller.end();
for await (const { event } of run.events()) say({ event });
const { stdout } = (await run.outcome()).output("c");
say({ status: run.snapshot().status, stdout });
await runtime.close();
