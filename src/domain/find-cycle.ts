/** Directed edges by node number: the targets of node `n` are `targets[starts[n]]` up to, not including, `targets[starts[n + 1]]`. */
export interface EdgeTable {
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

/**
 * One cycle as node numbers, each with an edge to the next and the last with one to the first; `undefined` where there is none.
 *
 * It is the shortest cycle through its first node, and always the same one for the same table. A node with an edge to
 * itself comes before all others. Takes O(nodes + edges) and never recurses, so a cycle through every node is fine.
 */
export function findCycle(table: EdgeTable): number[] | undefined {
  const nodes = table.starts.length - 1;
  for (let node = 0; node < nodes; node += 1) {
    for (let edge = at(table.starts, node); edge < at(table.starts, node + 1); edge += 1) {
      if (table.targets[edge] === node) return [node];
    }
  }
  const tangled = tangledNodes(table);
  const first = tangled.indexOf(1);
  return first === -1 ? undefined : shortestCycleThrough(table, tangled, memberOfCycle(table, tangled, first));
}

/** Reads a cell that is known to exist. Loops over cells beat iterators here tenfold, and a graph has a million edges. */
function at(cells: Int32Array, index: number): number {
  return cells[index] ?? 0;
}

/** Marks with 1 every node from which a cycle can be reached: what is left when nodes without targets are taken away. */
function tangledNodes(table: EdgeTable): Uint8Array {
  const nodes = table.starts.length - 1;
  const sources = reversed(table);
  const open = new Int32Array(nodes);
  const tangled = new Uint8Array(nodes).fill(1);
  const free: number[] = [];
  for (let node = 0; node < nodes; node += 1) {
    open[node] = at(table.starts, node + 1) - at(table.starts, node);
    if (open[node] === 0) free.push(node);
  }
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    tangled[node] = 0;
    for (let edge = at(sources.starts, node); edge < at(sources.starts, node + 1); edge += 1) {
      const source = at(sources.targets, edge);
      const left = at(open, source) - 1;
      open[source] = left;
      if (left === 0) free.push(source);
    }
  }
  return tangled;
}

function reversed({ starts, targets }: EdgeTable): EdgeTable {
  const nodes = starts.length - 1;
  const turned = { starts: new Int32Array(nodes + 1), targets: new Int32Array(targets.length) };
  for (const target of targets) turned.starts[target + 1] = at(turned.starts, target + 1) + 1;
  for (let node = 0; node < nodes; node += 1) {
    turned.starts[node + 1] = at(turned.starts, node + 1) + at(turned.starts, node);
  }
  const filled = turned.starts.slice();
  for (let node = 0; node < nodes; node += 1) {
    for (let edge = at(starts, node); edge < at(starts, node + 1); edge += 1) {
      const target = at(targets, edge);
      const place = at(filled, target);
      turned.targets[place] = node;
      filled[target] = place + 1;
    }
  }
  return turned;
}

/** Follows first edges from a tangled node until a node comes again, and returns the lowest number of that round. */
function memberOfCycle({ starts, targets }: EdgeTable, tangled: Uint8Array, from: number): number {
  const seenAt = new Map<number, number>();
  const walk: number[] = [];
  let node = from;
  while (!seenAt.has(node)) {
    seenAt.set(node, walk.length);
    walk.push(node);
    node = targets.subarray(starts[node], starts[node + 1]).find((target) => tangled[target] === 1) ?? from;
  }
  return walk.slice(seenAt.get(node)).reduce((lowest, member) => Math.min(lowest, member));
}

/** Breadth first, so the first edge back to `root` closes the shortest cycle. */
function shortestCycleThrough({ starts, targets }: EdgeTable, tangled: Uint8Array, root: number): number[] {
  const reachedFrom = new Int32Array(starts.length - 1).fill(-1);
  const queue = [root];
  for (const node of queue) {
    for (let edge = at(starts, node); edge < at(starts, node + 1); edge += 1) {
      const target = at(targets, edge);
      if (target === root) return pathTo(node, root, reachedFrom);
      if (tangled[target] !== 1 || reachedFrom[target] !== -1) continue;
      reachedFrom[target] = node;
      queue.push(target);
    }
  }
  return [root];
}

function pathTo(end: number, root: number, reachedFrom: Int32Array): number[] {
  const path: number[] = [];
  for (let node = end; node !== root; node = reachedFrom[node] ?? root) path.push(node);
  return [root, ...path.toReversed()];
}
