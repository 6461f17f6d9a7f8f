// Gives memory back at once: it lies outside V8's heap, and a thread that allocates little in there is hardly ever collected.

/** Nobody reads the bytes any more, nor anything else in their memory. */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
