import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

export interface VirtualRowsProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  /** The row that is to be seen; where it changes, it is scrolled to. */
  readonly shownRow: number | undefined;
  /** Whether that row stays the last one that is seen; otherwise as little is scrolled as needed. */
  readonly isShownLast?: boolean;
  readonly row: (index: number) => ComponentChildren;
  /** What stands above the rows and stays there. */
  readonly header?: ComponentChildren;
  readonly headerHeight?: number;
}

/** A list of rows of one height, of which only those that can be seen are in the page. */
export function VirtualRows(props: VirtualRowsProps): JSX.Element {
  const { count, rowHeight, label, shownRow, isShownLast = false, row, header, headerHeight = 0 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((turns: number) => turns + 1, 0);
  const virtualizer = useRef<Virtualizer<HTMLDivElement, HTMLDivElement>>(null);
  const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: 4,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
    initialRect: { width: 600, height: 400 },
    onChange: () => redraw(undefined),
  };
  virtualizer.current ??= new Virtualizer(options);
  const rows = virtualizer.current;
  rows.setOptions(options);
  // Its adapters for frameworks begin, follow and end with these two; they have no other names.
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => rows._didMount(), [rows]);
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => rows._willUpdate());
  useLayoutEffect(() => {
    if (shownRow !== undefined && shownRow >= 0) rows.scrollToIndex(shownRow, { align: isShownLast ? "end" : "auto" });
  }, [rows, shownRow, isShownLast, count]);
  return (
    <div class="rows" ref={scroller} role="table" aria-label={label} aria-rowcount={count} tabIndex={0}>
      {header}
      <div class="rows-inner" style={{ height: `${rows.getTotalSize() - headerHeight}px` }}>
        {rows.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            class="row-place"
            style={{ transform: `translateY(${start - headerHeight}px)`, height: `${rowHeight}px` }}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
