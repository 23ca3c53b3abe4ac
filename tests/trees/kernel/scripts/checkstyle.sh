#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Lines that end in blanks.
grep -rnE '[[:blank:]]+$' "${1:-.}" --include='*.c' --include='*.h'
