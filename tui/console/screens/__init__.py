"""Contents, lesson, doctor, and the small windows over them."""
