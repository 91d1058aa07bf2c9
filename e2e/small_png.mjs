// Pictures of pages are small when they name at most 256 colours: a page has few, and shades of its letters.
import { deflateSync, inflateSync, crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256;

/** The same picture with a palette. `png` is what a browser makes: 8 bits a channel, with or without alpha, not interlaced. */
export function smallPng(png) {
  const { width, height, pixels } = read(png);
  const { palette, nearest } = colours(pixels);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = nearest(pixels[y * width + x]);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((it) => channels(it)));
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** Colours alike are one; of those the most frequent stay, the others become the nearest that stayed. */
function colours(pixels) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const exact = counts.size <= COLOURS_MAX;
  const alike = new Map();
  for (const [colour, count] of counts) {
    const key = exact ? colour : colour & 0xf8f8f8;
    const group = alike.get(key) ?? { colour, most: 0, count: 0 };
    group.count += count;
    if (count > group.most) Object.assign(group, { colour, most: count });
    alike.set(key, group);
  }
  const palette = [...alike.values()].sort((a, b) => b.count - a.count).slice(0, COLOURS_MAX).map((it) => it.colour);
  const known = new Map(palette.map((colour, place) => [colour, place]));
  const nearest = (colour) => {
    const place = known.get(colour);
    if (place !== undefined) return place;
    const [r, g, b] = channels(colour);
    const far = palette.map((it) => channels(it)).map(([R, G, B]) => (R - r) ** 2 + (G - g) ** 2 + (B - b) ** 2);
    const best = far.indexOf(Math.min(...far));
    known.set(colour, best);
    return best;
  };
  return { palette, nearest };
}

function read(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('this is not a PNG');
  const parts = [];
  let head;
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + size);
    if (kind === 'IHDR') head = body;
    if (kind === 'IDAT') parts.push(body);
    at += size + 12;
  }
  const [width, height, depth, kind, interlaced] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9], head[12]];
  const bytes = { 2: 3, 6: 4 }[kind];
  if (depth !== 8 || !bytes || interlaced) throw new Error(`a PNG of kind ${kind} with ${depth} bits is not made by a browser`);
  const raw = inflateSync(Buffer.concat(parts));
  const line = width * bytes;
  const pixels = new Uint32Array(width * height);
  let before = Buffer.alloc(line);
  for (let y = 0; y < height; y += 1) {
    const start = y * (line + 1);
    const row = raw.subarray(start + 1, start + 1 + line);
    unfilter(raw[start], row, before, bytes);
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = (row[x * bytes] << 16) | (row[x * bytes + 1] << 8) | row[x * bytes + 2];
    before = row;
  }
  return { width, height, pixels };
}

/** Undoes what a PNG does to each row before it is compressed. */
function unfilter(kind, row, above, bytes) {
  for (let at = 0; at < row.length; at += 1) {
    const left = at >= bytes ? row[at - bytes] : 0;
    const up = above[at];
    const corner = at >= bytes ? above[at - bytes] : 0;
    row[at] += [0, left, up, (left + up) >> 1, paeth(left, up, corner)][kind];
  }
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [l, u, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (l <= u && l <= c) return left;
  return u <= c ? up : corner;
}

function chunk(kind, body) {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  out.write(kind, 4, 'latin1');
  body.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, body.length + 8)), body.length + 8);
  return out;
}
