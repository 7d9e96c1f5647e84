"""Usage: labels.py write FOLDER | labels.py read FOLDER. Label files as pandas writes them, and ours as it reads them."""

import sys

import numpy as np
import pandas as pd

mode, folder = sys.argv[1:]
if mode == "write":
    whole = pd.DataFrame({"Serial": [5, 1, 9], "label": [7, 0, 3]})
    whole.to_csv(f"{folder}/whole.csv", index=False)
    # A missing value makes the column float: 7.0.
    gaps = pd.DataFrame({"Serial": [5, 1, 9, 70_000], "label": [7, np.nan, 3, 1]})
    gaps.to_csv(f"{folder}/gaps.csv", index=False)
    gaps.to_csv(f"{folder}/nan.csv", index=False, na_rep="NaN")
    gaps.astype({"label": "Int64"}).to_csv(f"{folder}/nullable.csv", index=False)
    wider = gaps.assign(note=["a, b", 'said "c"', "two\nlines", ""], when=1.5)
    wider[["note", "label", "when", "Serial"]].to_csv(f"{folder}/wider.csv", index=False)
    wider.to_csv(f"{folder}/indexed.csv")
    gaps.astype({"Serial": float}).to_csv(f"{folder}/floats.csv", index=False, lineterminator="\r\n")
else:
    # Ours: 1 was labelled 4, 5 lost its label, 6 was labelled 2.
    for name in ("whole", "gaps", "nan", "nullable", "wider", "indexed", "floats"):
        frame = pd.read_csv(f"{folder}/{name}.csv")
        label = frame.set_index("Serial")["label"].dropna().astype(int).to_dict()
        expected = {1: 4, 9: 3, 6: 2}
        if name != "whole":
            expected[70_000] = 1
        assert label == expected, (name, label)
        assert frame["Serial"].is_unique, name
    wider = pd.read_csv(f"{folder}/wider.csv").set_index("Serial")
    assert list(wider.columns) == ["note", "label", "when"]
    assert wider.loc[9, "note"] == "two\nlines" and wider.loc[1, "note"] == 'said "c"'
    assert wider.loc[9, "when"] == 1.5
    new = pd.read_csv(f"{folder}/new.csv")
    assert new.dtypes.tolist() == [np.int64, np.int64] and new.values.tolist() == [[3, 8]]
