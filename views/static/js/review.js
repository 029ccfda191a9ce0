// The review queue by keyboard: j next, k back, y one person, n two. The same links and buttons work without it.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target instanceof HTMLElement && event.target.closest('input, select, textarea')) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!(target instanceof HTMLElement)) return;
  event.preventDefault();
  target.click();
});
