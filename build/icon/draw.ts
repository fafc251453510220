// Draws the icons from watchword.svg with an installed Chromium: PNGs for Linux, one .ico for Windows, one .icns for macOS. Run by hand when the mark changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../standin/chromium.ts';

const folder = import.meta.dirname;
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256] as const;
/** Types of an .icns file by the size of their PNG. */
const ICNS_TYPES = [
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
] as const;

async function drawAll(executablePath: string): Promise<Map<number, Buffer>> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const images = new Map<number, Buffer>();
  const mark = readFileSync(join(folder, 'watchword.svg')).toString('base64');
  for (const size of SIZES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<body style="margin:0"><img style="display:block" width="${size}" height="${size}" src="data:image/svg+xml;base64,${mark}"></body>`,
    );
    images.set(size, await page.screenshot({ omitBackground: true }));
    await page.close();
  }
  await browser.close();
  return images;
}

/** An .ico of PNGs: a header, an entry of 16 bytes each, the images. */
function packIco(images: readonly { size: number; png: Buffer }[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // 256 is written as 0.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** An .icns of PNGs: `icns` and the whole length, then type, length and image of each. */
function packIcns(images: readonly { type: string; png: Buffer }[]): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'ascii');
    head.writeUInt32BE(body.length + 8, 4);
    return Buffer.concat([head, body]);
  };
  return chunk('icns', Buffer.concat(images.map(({ type, png }) => chunk(type, png))));
}

const executable = findChromium();
if (executable === undefined) throw new Error('a Chromium is needed to draw the icons');
const images = await drawAll(executable);
const png = (size: number): Buffer => {
  const image = images.get(size);
  if (!image) throw new Error(`no image of ${size}`);
  return image;
};
for (const size of SIZES) writeFileSync(join(folder, 'icons', `${size}x${size}.png`), png(size));
writeFileSync(join(folder, 'icon.ico'), packIco(ICO_SIZES.map((size) => ({ size, png: png(size) }))));
writeFileSync(join(folder, 'icon.icns'), packIcns(ICNS_TYPES.map(([type, size]) => ({ type, png: png(size) }))));
