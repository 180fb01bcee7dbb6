# SPDX-License-Identifier: MIT
"""PNG files, as far as pictures of a browser are such, and how much two of them differ.

Two machines draw letters a little differently, so what is compared is how dark each patch of a
picture is: a text that is missing, a column that has moved or a colour that is another one shows.
"""

import struct
import zlib

PATCH = 10  # pixels


def paeth(left, up, corner):
    guess = left + up - corner
    a, b, c = abs(guess - left), abs(guess - up), abs(guess - corner)
    return left if a <= b and a <= c else up if b <= c else corner


def pixels(data):
    """Width, height, and the rows with three bytes a pixel."""
    width = height = channels = 0
    packed = b""
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            channels = {2: 3, 6: 4}[colour]
            assert depth == 8 and not interlaced
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    raw = zlib.decompress(packed)
    stride = width * channels
    rows, before = [], bytearray(stride)
    for y in range(height):
        begin = y * (stride + 1)
        way, row = raw[begin], bytearray(raw[begin + 1:begin + 1 + stride])
        for x in range(stride) if way else ():
            left = row[x - channels] if x >= channels else 0
            corner = before[x - channels] if x >= channels else 0
            add = (left, before[x], (left + before[x]) // 2,
                   paeth(left, before[x], corner))[way - 1]
            row[x] = (row[x] + add) & 255
        rows.append(row)
        before = row
    if channels == 4:
        rows = [bytearray(b for n, b in enumerate(row) if n % 4 != 3) for row in rows]
    return width, height, rows


def patches(data):
    """The mean of each colour in each patch, row by row."""
    width, height, rows = pixels(data)
    out = []
    for top in range(0, height - PATCH + 1, PATCH):
        sums = [[0, 0, 0] for _ in range(width // PATCH)]
        for row in rows[top:top + PATCH]:
            for n, one in enumerate(sums):
                part = row[n * PATCH * 3:(n + 1) * PATCH * 3]
                for colour in range(3):
                    one[colour] += sum(part[colour::3])
        out += [[value / PATCH ** 2 for value in one] for one in sums]
    return (width, height), out


def difference(one, other):
    """The share of patches that differ by more than letters can; 1 when the sizes differ."""
    size, here = patches(one)
    other_size, there = patches(other)
    if size != other_size:
        return 1.0
    far = sum(max(abs(a - b) for a, b in zip(p, q)) > 40 for p, q in zip(here, there))
    return far / len(here)
