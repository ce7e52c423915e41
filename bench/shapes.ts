/** A DAG to measure: for each step the numbers of the steps that it needs. */
export interface Shape {
  readonly name: string;
  readonly needs: readonly (readonly number[])[];
}

export function chain(size: number): Shape {
  return { name: "chain", needs: Array.from({ length: size }, (_, number) => (number === 0 ? [] : [number - 1])) };
}

export function fanOut(size: number): Shape {
  return { name: "fan-out", needs: Array.from({ length: size }, (_, number) => (number === 0 ? [] : [0])) };
}

/** Layers of up to 100 steps; each step needs three of the layer before. */
export function layered(size: number): Shape {
  const width = Math.min(100, Math.max(4, Math.floor(size / 10)));
  return {
    name: "layered",
    needs: Array.from({ length: size }, (_, number) => {
      const layer = Math.floor(number / width);
      if (layer === 0) return [];
      const before = (layer - 1) * width;
      return [0, 7, 14].map((offset) => before + ((number + offset) % width)).filter(isNew);
    }),
  };
}

function isNew(value: number, index: number, all: readonly number[]): boolean {
  return all.indexOf(value) === index;
}
