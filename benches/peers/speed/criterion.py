"""Prints criterion's last measurements of `benches/benches` as tables: nanoseconds an element, less the copy.

    cargo bench -p arrcalc-benches --bench sort
    python benches/peers/speed/criterion.py target/criterion sort pattern

A group is printed where its name begins with one of those given. Where a group has a contender `copy`, its time is taken
off the others' (they copy their input first); `per n log2 n` divides by the logarithm of the size as well.
"""

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path


def measurements(folder):
    """Median nanoseconds by group, contender and size."""
    found = defaultdict(lambda: defaultdict(dict))
    for path in sorted(folder.glob("*/*/*/new/benchmark.json")):
        about = json.loads(path.read_text())
        median = json.loads((path.parent / "estimates.json").read_text())["median"]["point_estimate"]
        found[about["group_id"]][about["function_id"]][int(about["value_str"])] = median
    return found


def table(head, rows):
    """A table of Markdown."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def own_work(contenders):
    """The measurements without the copies."""
    copies = contenders.get("copy", {})
    rest = {name: times for name, times in contenders.items() if name != "copy"}
    return {
        name: {size: time - copies.get(size, 0) for size, time in times.items()} for name, times in rest.items()
    }


def beside(contenders, own):
    """Contenders by size, and how many times as long as `own` each takes."""
    work = own_work(contenders)
    sizes = sorted({size for times in work.values() for size in times})
    rows = []
    for name in sorted(work, key=lambda name: (name.startswith("arrcalc"), name)):
        cells = []
        for size in sizes:
            time = work[name].get(size)
            base = work.get(own, {}).get(size)
            ratio = f" ({time / base:.2f}x)" if time and base and name != own else ""
            cells.append("" if time is None else f"{time / size:.2f}{ratio}")
        rows.append([name, *cells])
    return table([f"ns an element (of {own}'s)" if own else "ns an element", *(f"{size:,}" for size in sizes)], rows)


def curve(groups, contender, by_logarithm):
    """A row for each group: what an element costs as the size grows."""
    sizes = sorted({size for group in groups.values() for size in group.get(contender, {})})
    rows = []
    for name, group in groups.items():
        times = own_work(group).get(contender, {})
        divisor = {size: size * (math.log2(size) if by_logarithm else 1) for size in sizes}
        cells = (f"{times[size] / divisor[size]:.3f}" if size in times else "" for size in sizes)
        rows.append([name.partition(", ")[2], *cells])
    unit = "ns per n log2 n" if by_logarithm else "ns per n"
    return table([f"{contender}, {unit}", *(f"{size:,}" for size in sizes)], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where criterion wrote, as target/criterion")
    parser.add_argument("groups", nargs="+", help="first words of groups; those of `pattern` make curves")
    options = parser.parse_args()
    found = measurements(options.folder)
    curves = {}
    for name, contenders in found.items():
        if not any(name.startswith(group) for group in options.groups):
            continue
        if name.startswith("pattern, "):
            curves[name] = contenders
        else:
            print(f"## {name}\n\n{beside(contenders, 'arrcalc' if 'arrcalc' in contenders else '')}")
            if "arrcalc, 2 threads" in contenders:
                print(beside(contenders, "arrcalc, 2 threads"))
    names = {contender for group in curves.values() for contender in group} - {"copy"}
    for contender in sorted(names):
        print(f"## patterns: {contender}\n\n{curve(curves, contender, False)}\n{curve(curves, contender, True)}")


if __name__ == "__main__":
    main()
