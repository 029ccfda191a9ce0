import { Html } from '#http/render/html.ts';

/** A quiet edge of four modules belongs to every QR code (ISO/IEC 18004). */
const edge = 4;

/** A QR code as SVG in our own colours: black on white in the dark too, since phones read it so. */
export async function qrSvg(text: string, label: string): Promise<Html> {
  // Loaded at the first code: the library brings a PNG writer along.
  const { default: QRCode } = await import('qrcode');
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const path: string[] = [];
  for (let y = 0; y < modules.size; y++)
    for (let x = 0; x < modules.size; x++) if (modules.get(y, x) === 1) path.push(`M${x + edge} ${y + edge}h1v1h-1z`);
  const size = modules.size + 2 * edge;
  const safe = label.replace(/[&<>"]/g, '');
  return new Html(
    `<svg class="qr" viewBox="0 0 ${size} ${size}" width="220" height="220" role="img" aria-label="${safe}" shape-rendering="crispEdges"><rect class="qr-paper" width="${size}" height="${size}"/><path class="qr-ink" d="${path.join('')}"/></svg>`,
  );
}
