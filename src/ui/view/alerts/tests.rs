//! What follows from answers to the list and the cursor, without a screen.
