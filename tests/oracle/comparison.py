"""How a printed statistic is compared with an expected one: bit for bit."""

import math
import struct

SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def bits(value):
    """What two equal results share: the type and, of floats, the bits (one NaN)."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else struct.pack("<d", value).hex()
    return value


def assert_same(found, expected, where, narrow=False):
    """Every expected statistic is printed with the same bits. `narrow`: printed as binary32's shortest decimal."""
    for name, want in expected.items():
        have = found[name]
        if isinstance(want, float):
            have = SPECIAL.get(have, have) if isinstance(have, str) else have
            assert isinstance(have, (int, float)), f"{where} {name}: {have!r}, expected {want!r}"
            have = float(have)
            if narrow and math.isfinite(have):
                have = struct.unpack("<f", struct.pack("<f", have))[0]
        assert bits(have) == bits(want), f"{where} {name}: {have!r}, expected {want!r}"
