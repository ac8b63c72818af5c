// Light, dark, or as the system is. Remembered in this browser; it is no secret.

import { signal } from '@preact/signals';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];
const storedAs = 'holdfast.theme';

function readTheme(): Theme {
  const stored = localStorage.getItem(storedAs);
  return themes.find((theme) => theme === stored) ?? 'system';
}

const theme = signal<Theme>(readTheme());
document.documentElement.dataset.theme = theme.value;

function next(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
  localStorage.setItem(storedAs, theme.value);
  document.documentElement.dataset.theme = theme.value;
}

export function ThemeButton() {
  return (
    <button type="button" onClick={next} aria-label={`Colours: ${theme.value}`}>
      <span aria-hidden="true">◐ </span>
      <span class="wide">Colours: </span>
      {theme.value}
    </button>
  );
}
