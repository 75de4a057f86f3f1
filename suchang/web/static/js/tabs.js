/** Brings the present page into view where a row of tabs is wider than the screen. */

for (const here of document.querySelectorAll('nav [aria-current]')) {
  const row = here.closest('nav');
  row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
}
