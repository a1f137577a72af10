// Files of the page, which are kept packed: any web server can give them as they are.

const HERE = new URL(".", import.meta.url);

export const addressOf = (name) => new URL(`made/${name}`, HERE).href;

// The bytes of made/NAME.gz, unpacked; some servers have done that already.
export async function unpackedFile(name) {
  const answer = await fetch(addressOf(`${name}.gz`));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const data = new Uint8Array(await answer.arrayBuffer());
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  const plain = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

export async function document(name) {
  const answer = await fetch(addressOf(name));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
}
