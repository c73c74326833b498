import type { AlertStatus, DetectorKind, Severity } from '@parapet/contracts';

/**
 * The one place for colours. Severity follows Okabe and Ito's colour-blind-safe set, ordered by lightness in the
 * fills, and is never told by colour alone: `SeverityMark` adds a shape and a word.
 */
export interface Palette {
  background: string;
  surface: string;
  raised: string;
  sunken: string;
  line: string;
  text: string;
  muted: string;
  primary: string;
  onPrimary: string;
  success: string;
  warning: string;
  error: string;
  /** Text and marks: at least 4.5:1 against `surface` and `background`. */
  severity: Record<Severity, string>;
  /** Areas of charts: at least 3:1 between neighbours of a stack or parted by a line. */
  severityFill: Record<Severity, string>;
  /** Neutral series of charts, then the one beside it. */
  series: [string, string];
  /** Low to high of the world map. */
  scale: string[];
}

export const DARK: Palette = {
  background: '#0e1217',
  surface: '#151a21',
  raised: '#1d242d',
  sunken: '#0a0d11',
  line: '#2b343f',
  text: '#d7dde5',
  muted: '#98a4b3',
  primary: '#7fb2ff',
  onPrimary: '#06203f',
  success: '#5fc9a0',
  warning: '#f0b541',
  error: '#ff8a70',
  severity: { critical: '#ff8262', high: '#f2a93b', medium: '#efe26a', low: '#6cc0f0', info: '#a3afbd' },
  severityFill: { critical: '#d9521f', high: '#e69f00', medium: '#f0e442', low: '#56b4e9', info: '#6d7a89' },
  series: ['#5b8fd6', '#d9521f'],
  scale: ['#1f3a5c', '#2f6096', '#4a8fd0', '#8cc4f5', '#e3f1ff'],
};

export const LIGHT: Palette = {
  background: '#f4f6f8',
  surface: '#ffffff',
  raised: '#eef1f5',
  sunken: '#e6eaef',
  line: '#d3dae2',
  text: '#1a222c',
  muted: '#526070',
  primary: '#1d5fb8',
  onPrimary: '#ffffff',
  success: '#12704c',
  warning: '#8a5a00',
  error: '#b5340f',
  severity: { critical: '#b03508', high: '#8a5500', medium: '#6a6000', low: '#0b6296', info: '#526070' },
  severityFill: { critical: '#b84314', high: '#dd9200', medium: '#e6d52a', low: '#4ba8dd', info: '#a9b3be' },
  series: ['#3f78c4', '#b84314'],
  scale: ['#dbe8f6', '#a8cbee', '#6aa5df', '#2f76bf', '#123f75'],
};

/** Shape of a severity's mark, so that it reads without colour. */
export const SEVERITY_SHAPE: Record<Severity, 'octagon' | 'triangle' | 'square' | 'circle' | 'ring'> = {
  critical: 'octagon',
  high: 'triangle',
  medium: 'square',
  low: 'circle',
  info: 'ring',
};

export const STATUS_LABEL: Record<AlertStatus, string> = {
  new: 'New',
  acknowledged: 'Acknowledged',
  investigating: 'Investigating',
  resolved: 'Resolved',
  false_positive: 'False positive',
};

export const SEVERITY_LABEL: Record<Severity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

export const DETECTOR_LABEL: Record<DetectorKind, string> = {
  brute_force: 'Brute force',
  distributed_brute_force: 'Distributed brute force',
  password_spraying: 'Password spraying',
  brute_force_success: 'Brute force with success',
  port_scan: 'Port scan',
  horizontal_scan: 'Horizontal scan',
  impossible_travel: 'Impossible travel',
  new_country: 'Login from a new country',
  rate_spike: 'Rate spike',
  silent_source: 'Silent source',
  threat_intel: 'Threat intelligence',
};
