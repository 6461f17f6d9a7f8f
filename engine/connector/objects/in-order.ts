// Works on the items of a stream, several at once, and gives the results in the items' order.

/** Stops asking for items when the reader stops; work under way is waited for. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R], void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const underWay: { readonly item: T; readonly result: Promise<R> }[] = [];
  let isOver = false;
  const fill = async () => {
    while (!isOver && underWay.length < atOnce) {
      const next = await iterator.next();
      if (next.done === true) isOver = true;
      else {
        const result = work(next.value);
        // Whoever waits for it sees the failure.
        result.catch(() => undefined);
        underWay.push({ item: next.value, result });
      }
    }
  };
  try {
    for (;;) {
      if (underWay.length <= atOnce / 2) await fill();
      const first = underWay.shift();
      if (first === undefined) return;
      yield [first.item, await first.result];
    }
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result));
    await iterator.return?.();
  }
}
