// Text as it stands in HTML, in an element or a quoted attribute. Pure; the one place that knows which characters mean something.

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
