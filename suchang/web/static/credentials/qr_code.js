/**
 * QR codes (ISO/IEC 18004) in alphanumeric mode at error correction level M: all that a presentation on a screen needs.
 */

/** The version that every phone draws (93 modules), so that the picture does not jump from one code to the next. */
export const SCREEN_VERSION = 19;

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const LEVEL_M = 0;

/** Level M, versions 1 to 40: error correction codewords in each block, and the number of blocks (table 9). */
const EC_PER_BLOCK = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 28,
];
const BLOCKS = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37,
  38, 40, 43, 45, 47, 49,
];

/** Powers of 2 in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1, twice over so that no sum of logarithms is too large. */
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i += 1) {
  EXP[i] = value;
  EXP[i + 255] = value;
  LOG[value] = i;
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}

/** @param {number} a @param {number} b */
const times = (a, b) => (a === 0 || b === 0 ? 0 : EXP[LOG[a] + LOG[b]]);

/** @type {((x: number, y: number) => boolean)[]} the eight data masks (table 10) */
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * Draw a text.
 *
 * @param {string} text of the alphanumeric set
 * @param {{version?: number, mask?: number}} [options] the smallest version (a longer text takes a larger one); the mask,
 *   else the best one
 * @returns {{size: number, version: number, dark: Uint8Array<ArrayBuffer>}} `dark[y * size + x]` is 1 for a dark module, without margin
 * @throws {RangeError} when the text has other characters or does not fit at all
 */
export function drawQr(text, { version = SCREEN_VERSION, mask } = {}) {
  let fitting = version;
  while (fitting <= 40 && headBits(fitting) + textBits(text) > 8 * dataCodewords(fitting)) fitting += 1;
  if (fitting > 40) throw new RangeError('the text is too long for a QR code');
  const grid = new Grid(fitting);
  grid.place(interleave(codewords(text, fitting), fitting));
  const candidates = mask === undefined ? MASKS.keys() : [mask];
  const drawn = [...candidates].map((one) => grid.masked(one));
  const penalties = drawn.map((dark) => (drawn.length === 1 ? 0 : penalty(dark, grid.size)));
  const best = penalties.indexOf(Math.min(...penalties));
  return { size: grid.size, version: fitting, dark: drawn[best] };
}

/**
 * Write a drawing as SVG with the margin of four modules that readers need; always dark on white, in dark mode as well.
 *
 * @param {{size: number, dark: Uint8Array<ArrayBuffer>}} drawing
 * @param {string} label what a screen reader says
 */
export function qrSvg({ size, dark }, label) {
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!dark[y * size + x]) continue;
      const start = x;
      while (x + 1 < size && dark[y * size + x + 1]) x += 1;
      path += `M${start + 4} ${y + 4}h${x - start + 1}v1h-${x - start + 1}z`;
    }
  }
  const side = size + 8;
  const title = label.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="${title}" ` +
    `shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${path}"/></svg>`
  );
}

/** @param {number} version */
function headBits(version) {
  return 4 + (version < 10 ? 9 : version < 27 ? 11 : 13);
}

/** @param {string} text */
function textBits(text) {
  return Math.floor(text.length / 2) * 11 + (text.length % 2) * 6;
}

/** Modules that hold codewords, in whole codewords. @param {number} version */
function allCodewords(version) {
  const aligned = version === 1 ? 0 : Math.floor(version / 7) + 2;
  const bits =
    (16 * version + 128) * version + 64 - (version > 1 ? (25 * aligned - 10) * aligned - 55 : 0) - (version > 6 ? 36 : 0);
  return Math.floor(bits / 8);
}

/** @param {number} version */
function dataCodewords(version) {
  return allCodewords(version) - EC_PER_BLOCK[version - 1] * BLOCKS[version - 1];
}

/** @param {string} text @param {number} version @returns {Uint8Array<ArrayBuffer>} the data codewords, padded */
function codewords(text, version) {
  const bytes = new Uint8Array(dataCodewords(version));
  let length = 0;
  /** @param {number} value @param {number} bits */
  const append = (value, bits) => {
    for (let bit = bits - 1; bit >= 0; bit -= 1, length += 1) bytes[length >> 3] |= ((value >> bit) & 1) << (7 - (length & 7));
  };
  append(0b0010, 4);
  append(text.length, headBits(version) - 4);
  const values = [...text].map((character) => ALPHANUMERIC.indexOf(character));
  if (values.includes(-1)) throw new RangeError('the text has characters outside the alphanumeric set');
  for (let i = 0; i < values.length; i += 2) {
    if (i + 1 < values.length) append(values[i] * 45 + values[i + 1], 11);
    else append(values[i], 6);
  }
  // The terminator and the bits up to a whole codeword are zero, as the array is.
  const used = Math.ceil(Math.min(length + 4, bytes.length * 8) / 8);
  for (let i = used; i < bytes.length; i += 1) bytes[i] = (i - used) % 2 === 0 ? 0xec : 0x11;
  return bytes;
}

/**
 * Cut into blocks, add error correction, and take turns.
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {number} version
 */
function interleave(data, version) {
  const [count, degree] = [BLOCKS[version - 1], EC_PER_BLOCK[version - 1]];
  const short = Math.floor(data.length / count);
  const longFrom = count - (data.length % count);
  const divisor = generator(degree);
  const blocks = [];
  for (let i = 0, at = 0; i < count; i += 1) {
    const length = short + (i >= longFrom ? 1 : 0);
    blocks.push(data.subarray(at, at + length));
    at += length;
  }
  const corrections = blocks.map((block) => remainder(block, divisor));
  const result = [];
  for (let i = 0; i <= short; i += 1) for (const block of blocks) if (i < block.length) result.push(block[i]);
  for (let i = 0; i < degree; i += 1) for (const correction of corrections) result.push(correction[i]);
  return result;
}

/** The product of (x − 2^i), highest power left out. @param {number} degree */
function generator(degree) {
  const result = new Uint8Array(degree);
  result[degree - 1] = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) result[j] = times(result[j], EXP[i]) ^ (result[j + 1] ?? 0);
  }
  return result;
}

/** @param {Uint8Array<ArrayBuffer>} data @param {Uint8Array<ArrayBuffer>} divisor */
function remainder(data, divisor) {
  const result = new Uint8Array(divisor.length);
  const logarithms = divisor.map((one) => LOG[one]);
  for (const byte of data) {
    const factor = byte ^ result[0];
    result.copyWithin(0, 1);
    result[result.length - 1] = 0;
    if (factor === 0) continue;
    const shift = LOG[factor];
    // No coefficient of a generator is zero, so each has a logarithm.
    for (let i = 0; i < logarithms.length; i += 1) result[i] ^= EXP[logarithms[i] + shift];
  }
  return result;
}

/** @param {number} version @returns {number[]} centres of the alignment patterns on each axis */
function alignments(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const result = [6];
  for (let i = count - 2; i >= 0; i -= 1) result.push(version * 4 + 10 - i * step);
  return result;
}

/**
 * Divide by a binary polynomial and append the remainder.
 * @param {number} value
 * @param {number} divisor
 * @param {number} bits
 */
function withCheck(value, divisor, bits) {
  let rest = value;
  for (let i = 0; i < bits; i += 1) rest = (rest << 1) ^ ((rest >> (bits - 1)) & 1 ? divisor : 0);
  return (value << bits) | (rest & ((1 << bits) - 1));
}

class Grid {
  /** @param {number} version */
  constructor(version) {
    this.version = version;
    this.size = version * 4 + 17;
    this.dark = new Uint8Array(this.size * this.size);
    this.fixed = new Uint8Array(this.size * this.size);
    this.patterns();
    this.format(this.dark, 0);
  }

  /** @param {number} x @param {number} y @param {boolean | number} dark */
  fix(x, y, dark) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y * this.size + x] = dark ? 1 : 0;
    this.fixed[y * this.size + x] = 1;
  }

  patterns() {
    const last = this.size - 1;
    for (let i = 8; i < last - 7; i += 1) {
      this.fix(i, 6, i % 2 === 0);
      this.fix(6, i, i % 2 === 0);
    }
    for (const [cx, cy] of [[3, 3], [last - 3, 3], [3, last - 3]]) this.rings(cx, cy, 4, [2, 4]);
    const centres = alignments(this.version);
    for (const cx of centres) {
      for (const cy of centres) {
        const inCorner = (cx === 6 && cy === 6) || (cx === 6 && cy === last - 6) || (cx === last - 6 && cy === 6);
        if (!inCorner) this.rings(cx, cy, 2, [1]);
      }
    }
    if (this.version < 7) return;
    const bits = withCheck(this.version, 0x1f25, 12);
    for (let i = 0; i < 18; i += 1) {
      const [far, near] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.fix(far, near, (bits >> i) & 1);
      this.fix(near, far, (bits >> i) & 1);
    }
  }

  /**
   * Squares around a centre; the named rings are light.
   * @param {number} cx
   * @param {number} cy
   * @param {number} radius
   * @param {number[]} light
   */
  rings(cx, cy, radius, light) {
    for (let dy = -radius; dy <= radius; dy += 1) {
      for (let dx = -radius; dx <= radius; dx += 1) {
        this.fix(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  }

  /**
   * Write the format information; the first call also reserves its place.
   * @param {Uint8Array<ArrayBuffer>} dark
   * @param {number} mask
   */
  format(dark, mask) {
    const bits = withCheck((LEVEL_M << 3) | mask, 0x537, 10) ^ 0x5412;
    const last = this.size - 1;
    /** @param {number} x @param {number} y @param {number} bit */
    const put = (x, y, bit) => {
      dark[y * this.size + x] = bit;
      this.fixed[y * this.size + x] = 1;
    };
    for (let i = 0; i < 15; i += 1) {
      const bit = (bits >> i) & 1;
      put(8, i < 6 ? i : i < 8 ? i + 1 : last - 14 + i, bit);
      put(i < 8 ? last - i : i === 8 ? 7 : 14 - i, 8, bit);
    }
    put(8, last - 7, 1);
  }

  /** Fill in the codewords, in pairs of columns from the right, up and down in turns. @param {number[]} bytes */
  place(bytes) {
    const { size, dark, fixed } = this;
    let bit = 0;
    for (let right = size - 1, step = -size; right > 0; right -= 2, step = -step) {
      if (right === 6) right = 5;
      let at = (step < 0 ? (size - 1) * size : 0) + right;
      for (let i = 0; i < size; i += 1, at += step) {
        // Past the last codeword a few modules stay light, as the array is.
        if (!fixed[at]) {
          dark[at] = (bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
          bit += 1;
        }
        if (!fixed[at - 1]) {
          dark[at - 1] = (bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
          bit += 1;
        }
      }
    }
  }

  /** @param {number} mask @returns {Uint8Array<ArrayBuffer>} */
  masked(mask) {
    const [dark, fixed, flips] = [this.dark.slice(), this.fixed, MASKS[mask]];
    for (let y = 0, at = 0; y < this.size; y += 1) {
      for (let x = 0; x < this.size; x += 1, at += 1) if (!fixed[at] && flips(x, y)) dark[at] ^= 1;
    }
    this.format(dark, mask);
    return dark;
  }
}

/** Judge how hard a drawing is to read (section 7.8.3): runs, blocks, patterns like a finder, imbalance.
 * @param {Uint8Array<ArrayBuffer>} dark @param {number} size */
function penalty(dark, size) {
  let total = 0;
  for (let line = 0; line < size; line += 1) {
    total += linePenalty(dark, line * size, 1, size) + linePenalty(dark, line, size, size);
  }
  for (let y = 0; y + 1 < size; y += 1) {
    for (let x = 0; x + 1 < size; x += 1) {
      const at = y * size + x;
      const sum = dark[at] + dark[at + 1] + dark[at + size] + dark[at + size + 1];
      if (sum === 0 || sum === 4) total += 3;
    }
  }
  const share = (dark.reduce((sum, module) => sum + module, 0) * 100) / dark.length;
  return total + Math.floor(Math.abs(share - 50) / 5) * 10;
}

/** @param {Uint8Array<ArrayBuffer>} dark @param {number} start @param {number} step @param {number} size */
function linePenalty(dark, start, step, size) {
  let total = 0;
  let run = 0;
  let window = 0;
  for (let i = 0; i < size; i += 1) {
    const module = dark[start + i * step];
    run = i > 0 && module === dark[start + (i - 1) * step] ? run + 1 : 1;
    if (run === 5) total += 3;
    else if (run > 5) total += 1;
    window = ((window << 1) | module) & 0x7ff;
    if (i >= 10 && (window === 0b10111010000 || window === 0b00001011101)) total += 40;
  }
  return total;
}
