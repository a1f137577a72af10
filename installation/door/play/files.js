// Files of the page, which are kept packed: any web server can give them as they are.

// From a disk (`disk.js`) modules have addresses of their own, and files are in hand.
const held = { ...globalThis.files };

export const hold = (files) => Object.assign(held, files);

export const addressOf = (name) =>
  globalThis.addresses?.[name] ?? new URL(`made/${name}`, new URL(".", import.meta.url)).href;

async function bytesOf(name) {
  if (held[name]) return held[name];
  const answer = await fetch(addressOf(name));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

// The bytes of made/NAME.gz, unpacked; some servers have done that already.
export async function unpackedFile(name) {
  const data = await bytesOf(`${name}.gz`);
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  const plain = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

export const document = async (name) => JSON.parse(new TextDecoder().decode(await bytesOf(name)));
