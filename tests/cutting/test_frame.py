from __future__ import annotations

from studio.cutting import COLUMNS, to_frame
from tests.cutting.making import hard_cut


def test_the_table_has_a_row_a_slot_with_the_columns_and_dtypes_that_are_listed():
    table = to_frame(hard_cut())
    assert {column: str(table[column].dtype) for column in table} == {c: dtype for c, (dtype, _) in COLUMNS.items()}
    assert list(table["take"]) == ["title", "01A-003", "02A-001", "03A-002", "04A-001", "05A-001"]
    assert list(table["record_frame"]) == [0, 48, 85, 129, 185, 216]
    assert table["frames"].sum() == hard_cut().frames == 240
    assert list(table["timecode"])[-1] == "01:00:09:00"
    assert list(table["speed"]) == ["1", "1", "1", "13/16", "1/2", "2"]
    assert table["start_s"].iloc[1] == 2.0
    assert table["shot"].isna().tolist() == [True, False, False, False, False, False]


def test_an_empty_cut_is_an_empty_table_of_the_same_dtypes():
    table = to_frame(hard_cut(slots=()))
    assert len(table) == 0
    assert [str(dtype) for dtype in table.dtypes] == [dtype for dtype, _ in COLUMNS.values()]
