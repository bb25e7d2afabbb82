Sure! Here is your genome:

```python
import os
```
