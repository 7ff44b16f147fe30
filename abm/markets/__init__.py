"""Markets and works: orders in, deals out; pure functions, or state that only its own methods change."""
