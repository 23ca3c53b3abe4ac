//! Tests of what is gathered of printing.
