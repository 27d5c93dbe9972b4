"""The order of rows for a seed, from NumPy's Philox alone: what samples, splits and shuffles are checked against."""

import numpy as np


def digits(seed, rows):
    """16 bits a row."""
    return np.random.Philox(seed).random_raw(-(-rows // 4)).view("<u2")[:rows]


def keys(seed, rows):
    """A digit, and 48 bits of a word of the row's own behind it."""
    words = np.random.Philox(seed).jumped(3).random_raw(rows)
    return digits(seed, rows).astype("u8") << np.uint64(48) | words >> np.uint64(16)


def order(seed, rows):
    """All rows in the order of (key, row)."""
    return np.argsort(keys(seed, rows), kind="stable")


def permutation(seed, rows):
    """All rows dealt to buckets by their digits, and each bucket mixed by Fisher and Yates."""
    bits = next(bits for bits in range(17) if bits == 16 or rows <= 4096 << bits)
    buckets = (digits(seed, rows).astype(np.int64) << bits) >> 16
    dealt = np.argsort(buckets, kind="stable").tolist()
    streams = [np.random.Philox(seed).jumped(4).random_raw(-(-rows // 2)).view("<u4").tolist()]
    start = 0
    for size in np.bincount(buckets, minlength=1 << bits).tolist() if rows else []:
        for place in range(start + size - 1, start, -1):
            places, attempt = place - start + 1, 0
            while streams[attempt][place] * places % 2**32 < 2**32 % places:
                attempt += 1
                if attempt == len(streams):
                    words = np.random.Philox(seed).jumped(4).advance(attempt << 192).random_raw(-(-rows // 2))
                    streams.append(words.view("<u4").tolist())
            other = start + (streams[attempt][place] * places >> 32)
            dealt[place], dealt[other] = dealt[other], dealt[place]
        start += size
    return np.array(dealt, dtype=np.int64)
