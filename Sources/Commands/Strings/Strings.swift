/// Commands on strings: plain values, numbers spelled as text, and runs of bytes.
enum Strings {}
