/** People of one change, told together. */
export interface ChangeGroup<R> {
  readonly count: number;
  /** One of them; what it says of the change holds for all. */
  readonly row: R;
  /** Their departments, the largest first; people without one are counted in `elsewhere`. */
  readonly departments: readonly { readonly name: string; readonly count: number }[];
  readonly elsewhere: number;
}

const mostDepartments = 4;

/** People whose change is the same, the largest group first. @param keyOf says what the change of a row is */
export function groupsOfChange<R extends { readonly department?: string | undefined }>(
  rows: readonly R[],
  keyOf: (row: R) => string,
): ChangeGroup<R>[] {
  return [...Map.groupBy(rows, keyOf).values()]
    .flatMap((group): ChangeGroup<R>[] => {
      const [row] = group;
      if (row === undefined) return [];
      const counts = new Map<string, number>();
      for (const { department } of group)
        if (department !== undefined) counts.set(department, (counts.get(department) ?? 0) + 1);
      const departments = [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count)
        .slice(0, mostDepartments);
      const named = departments.reduce((sum, { count }) => sum + count, 0);
      return [{ count: group.length, row, departments, elsewhere: group.length - named }];
    })
    .sort((a, b) => b.count - a.count);
}
