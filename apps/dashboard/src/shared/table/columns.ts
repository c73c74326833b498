/** A column of `ServerTable`. Its cell is the slot `cell-<key>`; `head-<key>` may replace its title. */
export interface Column {
  key: string;
  title: string;
  /** For screen readers only, where the column speaks for itself. */
  hideTitle?: boolean;
  /** CSS width; one column without takes the rest. */
  width?: string;
  align?: 'start' | 'end';
  /** The name the server sorts by; absent: it can't. */
  sort?: string;
  /** Left out on screens narrower than this. */
  from?: 'sm' | 'md' | 'lg';
}

export interface Sort {
  by: string;
  order: 'asc' | 'desc';
}
